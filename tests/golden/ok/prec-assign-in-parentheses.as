probe begin { x = ((a = 1) + (b = 2)); if (((a = (f())) && b)) c = 1; }
