"""What the organisation that coordinates a network does for it, in „Mein Bereich“; only for its own networks."""
