probe begin { a(b) }
