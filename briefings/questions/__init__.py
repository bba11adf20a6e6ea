"""Questions about presented needs: before, during and after the day."""
