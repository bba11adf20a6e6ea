"""What people may ask of the data about them (개인정보 보호법 제35조–제37조), and the end of its time (제21조)."""
