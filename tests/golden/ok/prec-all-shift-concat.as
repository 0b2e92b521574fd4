probe begin { x = ((a . (b + (c * d))) << 2) }
