"""What Facebook, Instagram and Threads share: the Graph API's errors, pages and figures."""
