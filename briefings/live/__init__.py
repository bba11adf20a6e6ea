"""The day itself: the way into the room, and who came."""
