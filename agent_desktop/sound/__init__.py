"""Where a call's sound comes from: a recording played in real time, or this computer."""
