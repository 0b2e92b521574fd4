global a
probe begin { a[1] }
