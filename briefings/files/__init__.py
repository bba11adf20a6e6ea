"""Files that people hand in: taken only as what they really are, given back as downloads."""
