probe process("/bin/true").begin { }
