probe process("/bin/true").function("main") { }
