probe begin { x = a; x = a & 1; x = a }
