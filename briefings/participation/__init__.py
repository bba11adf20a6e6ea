"""What comes of a briefing: participation replies (참여 답글), consultations (협의), matches (성사)."""
