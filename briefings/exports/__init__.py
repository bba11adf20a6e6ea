"""Lists that staff take away as files: spreadsheets and comma-separated lines."""
