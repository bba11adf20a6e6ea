"""What other programs read: needs, briefings, materials, figures, and open data for everybody."""
