global a, b
probe begin { x = ([1] in a); x = (1 in a); x = ([1, "x"] in b); if ([k] in a) x = 1; }
