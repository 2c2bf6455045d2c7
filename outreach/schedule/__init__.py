"""When: zones, sending windows, business days, slots, ramp, caps, the picker and the calendar made with it."""
