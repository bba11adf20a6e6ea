"""Every mail: queued with the change it speaks of, delivered by the worker, looked at by staff."""
