probe begin(1), process("x").begin { }
