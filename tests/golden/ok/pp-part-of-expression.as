probe begin { x = 1 + (2 * 3) }
