probe begin { println(2); println(1) }
