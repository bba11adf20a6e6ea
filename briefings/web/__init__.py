"""What every page shares: access marks, forms, language, security headers, error pages."""
