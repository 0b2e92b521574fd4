probe begin { x = 2 + (1 * 3) }
