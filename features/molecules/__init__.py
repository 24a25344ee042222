"""What is known of one molecule or ion: donor strength, binding sites, groups, pairing."""
