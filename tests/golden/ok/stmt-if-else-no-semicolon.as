probe begin { if (a) b = 1; else c = 1; }
