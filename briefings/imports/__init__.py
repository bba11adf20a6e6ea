"""Needs that come in by a spreadsheet: read within bounds, checked cell by cell, registered all or none."""
