global s = "onetwo"
probe begin { println(s) }
