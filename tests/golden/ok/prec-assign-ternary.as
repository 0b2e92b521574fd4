probe begin { a = (b ? 1 : 2); a = (b ? (c = 1) : 2) }
