// jobsd
