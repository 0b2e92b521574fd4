probe begin { println("\7\10\11\12\13\14\15\134") }
