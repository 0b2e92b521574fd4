probe begin { (a - b) }
