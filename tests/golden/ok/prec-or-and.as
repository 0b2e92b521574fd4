probe begin { x = ((a || (b && c)) || d); x = ((a && b) || (c && d)) }
