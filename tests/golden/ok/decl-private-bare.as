private global a = 1
private global b[10]
private global s = "x"
probe begin { b[a] = s }
