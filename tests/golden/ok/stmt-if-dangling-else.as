probe begin { if (a) if (b) c = 1; else d = 1; }
