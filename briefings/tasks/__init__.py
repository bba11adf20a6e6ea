"""Long work that the worker does: asked for on a page, followed there, cancelled there."""
