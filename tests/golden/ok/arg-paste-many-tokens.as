probe begin { println("from argument") }
probe end { }
