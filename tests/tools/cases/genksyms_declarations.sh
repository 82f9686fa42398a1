# Checksums of structures, unions, enumerations, functions, function pointers, arrays: those of modutils 2.1.121's genksyms.
genksyms -k 2.2.0 <<'END'
struct undefined3 * v11_1, *v11_2;
struct s11_3 { struct undefined1 * m11_4; unsigned int m11_5; int unsigned long m11_6[4]; char * const m11_7[1+2]; struct undefined3 * (*m11_8)(void); };
extern struct undefined3 * f11_9(void);
struct s11_3 * f11_10(struct s11_3 * a0) { if (1) { int x = 3; } while(0); return; }
enum e11_11 { E11_12 = -1, E11_13 = 3 };
struct s11_14 { long long (*m11_15)(enum e11_11, ...); struct s11_3 * m11_16; struct s11_3 * m11_17; int m11_18; struct s11_3 m11_19; };
struct s11_20 { volatile int m11_21; struct s11_14 * m11_22; long m11_23[sizeof(int)*2]; unsigned int m11_24 : 2; int m11_25; long int m11_26; };
enum e11_27 { E11_28 };
struct s11_29 { unsigned int m11_30 : 2; char * const m11_31; enum e11_27 m11_32; unsigned int m11_33, *m11_34; struct s11_3 * m11_35; };
struct s11_36 { struct s11_29 * m11_37; void * m11_38, *m11_39; signed char m11_40; };
extern struct s11_36 * v11_41;
struct s11_42 { struct { unsigned long m11_44; signed char m11_45; const char * (*m11_46)(short, volatile int, struct s11_20 *, struct s11_3 * a3, ...); } m11_43; struct s11_14 * m11_47; char * const m11_48; struct s11_36 m11_49; };
volatile int f11_50(int a0, void (*cb1)(long), struct s11_3 * a2) { if (1) { int x = 3; } while(0); return; }
struct s11_3 * f11_51(void) { return 0; }
struct s11_52 { struct { long int m11_54; struct s11_36 * m11_55; enum e11_11 m11_56; } m11_53; int m11_57; struct s11_29 * m11_58; };
long v11_59[1+2];
struct s11_14 * **f11_60(const char * a0, void *, long);
struct s11_20 * f11_61(float a0[4], struct s11_3 * a1[4], unsigned short a2[4], long a3);
struct s11_62 { struct s11_3 m11_63; };
typedef struct { unsigned int m11_65 : 6; struct s11_29 m11_66; } t11_64;
struct s11_67 { struct s11_62 * m11_68; signed char m11_69[2][3]; t11_64 (*m11_70)(t11_64 (*cb0)(struct undefined3 * (*)(), void *, t11_64 a2), char * const a1); enum e11_11 m11_71; };
typedef t11_64 t11_72;
enum e11_27 f11_73(enum e11_11, t11_72, struct undefined3 *) { return 0; }
extern t11_64 **f11_74(t11_64 a0[4]);
struct s11_75 { t11_72 m11_76; union { t11_64 m11_78; volatile int m11_79; } m11_77; };
extern struct s11_36 * **f11_80();
extern long long v11_81;
typedef struct s11_14 * t11_82;
struct s11_67 * *f11_83(const char * a0[4]) { if (1) { int x = 3; } while(0); return; }
struct undefined3 * f11_84(int unsigned long, unsigned long long a1) { if (1) { int x = 3; } while(0); return; }
struct s11_85 { void * m11_86; enum e11_27 m11_87; };
struct s11_3 * **f11_88(void);
struct s11_85 * f11_89(void (*cb0)(short (*)(t11_64), enum e11_27 a1, unsigned short int a2, enum e11_11 a3), enum e11_27 (*)(t11_64, enum e11_27 a1, double (*cb2)(short a0, unsigned long a1), char));
EXPORT_SYMBOL(v11_2);
EXPORT_SYMBOL(v11_1);
EXPORT_SYMBOL(f11_9);
EXPORT_SYMBOL(f11_10);
EXPORT_SYMBOL(v11_41);
EXPORT_SYMBOL(f11_50);
EXPORT_SYMBOL(f11_51);
EXPORT_SYMBOL(v11_59);
EXPORT_SYMBOL(f11_60);
EXPORT_SYMBOL(f11_61);
EXPORT_SYMBOL(f11_73);
EXPORT_SYMBOL(f11_74);
EXPORT_SYMBOL(f11_80);
EXPORT_SYMBOL(v11_81);
EXPORT_SYMBOL(f11_83);
EXPORT_SYMBOL(f11_84);
EXPORT_SYMBOL(f11_88);
EXPORT_SYMBOL(f11_89);
enum e12_1 { E12_2 = 3, E12_3, E12_4 = 1 << 2, E12_5, E12_6 = 3 };
enum e12_1 f12_7(enum e12_1 (*cb0)(void (*)(const char *), long, enum e12_1 a2, const char * a3[4]), unsigned int, enum e12_1) { if (1) { int x = 3; } while(0); return; }
enum e12_8 { E12_9, E12_10 = 3, E12_11 = 3 };
typedef struct { void * (*m12_13)(int a0[], enum e12_1 (*cb1)(unsigned a0[4], enum e12_1 a1[], short a2, signed char a3), enum e12_1 a2, unsigned long); unsigned short m12_14; } t12_12;
t12_12 **f12_15(short a0, float a1, void (*cb2)(signed char a0, t12_12 a1[4], void * a2), enum e12_8 a3) { if (1) { int x = 3; } while(0); return; }
void * v12_16, *v12_17;
extern double (*v12_18)(unsigned short int a0, ...);
typedef unsigned int t12_19;
int **f12_20(t12_12 a0, unsigned long a1, unsigned char a2[4], float a3[4]);
enum e12_1 **f12_21(void * a0, double a1) { return 0; }
signed char f12_22(char a0[], unsigned short int);
enum e12_8 *f12_23(void *, enum e12_1 a1, unsigned short a2);
enum e12_1 (*v12_24)(short (*cb0)(long long a0, volatile int a1[4], ...));
typedef unsigned t12_25;
enum e12_8 f12_26(void) { return 0; }
struct s12_27 { const char * (*m12_28)(enum e12_1 a0[], char, long int); int (*m12_29)(enum e12_8 a0[4], enum e12_1 a1, volatile int (*cb2)(unsigned long a0[]), void *); int unsigned long m12_30; };
unsigned short f12_31(enum e12_8 a0[], unsigned long a1);
struct s12_32 { long long m12_33[2][3]; unsigned long long m12_34; union { void * m12_36; struct { unsigned int m12_38 : 6; struct s12_27 m12_39; } m12_37; int unsigned long m12_40; } m12_35; t12_25 m12_41; enum e12_1 m12_42[2][3]; };
struct s12_43 { struct s12_32 m12_44; long long m12_45; struct s12_27 * m12_46; struct s12_27 * m12_47; };
extern volatile int **f12_48(unsigned short a0, t12_25 a1[4], enum e12_8 a2, long long);
struct s12_49 { unsigned short m12_50; enum e12_1 m12_51; long long m12_52; double m12_53; t12_25 m12_54; };
struct s12_55 { float m12_56; union { enum e12_1 m12_58, *m12_59; union { char m12_61; unsigned long m12_62[sizeof(int)*2]; unsigned int m12_63 : 3; } m12_60; struct s12_27 m12_64; } m12_57; };
typedef t12_19 t12_65;
t12_65 v12_66 = { 0, };
void f12_67(signed char a0[4], struct s12_27 * (*)(char (*cb0)(struct s12_32 * a0[4]), unsigned a1[], long a2), enum e12_1 a2[]) { return 0; }
static inline int i12_68(int x) { return x + 1; }
static inline int i12_69(int x) { return x + 1; }
typedef struct s12_43 * t12_70;
typedef t12_70 t12_71;
double v12_72[2][3];
struct s12_73 { union { union { unsigned long m12_76, *m12_77; unsigned short int m12_78; unsigned long long m12_79; } m12_75; } m12_74; };
static inline int i12_80(int x) { return x + 1; }
int unsigned long v12_81 = 0;
static inline int i12_82(int x) { return x + 1; }
struct undefined3 * v12_83[4];
EXPORT_SYMBOL(f12_7);
EXPORT_SYMBOL(f12_15);
EXPORT_SYMBOL(v12_17);
EXPORT_SYMBOL(v12_16);
EXPORT_SYMBOL(v12_18);
EXPORT_SYMBOL(f12_20);
EXPORT_SYMBOL(f12_21);
EXPORT_SYMBOL(f12_22);
EXPORT_SYMBOL(f12_23);
EXPORT_SYMBOL(v12_24);
EXPORT_SYMBOL(f12_26);
EXPORT_SYMBOL(f12_31);
EXPORT_SYMBOL(f12_48);
EXPORT_SYMBOL(v12_66);
EXPORT_SYMBOL(f12_67);
EXPORT_SYMBOL(v12_72);
EXPORT_SYMBOL(v12_81);
EXPORT_SYMBOL(v12_83);
enum e13_1 { E13_2, E13_3 };
extern unsigned char v13_4[1+2];
enum e13_5 { E13_6, E13_7 = -1, E13_8, E13_9 = 3 };
enum e13_5 v13_10 = 0;
static inline int i13_11(int x) { return x + 1; }
double v13_12 = 0;
extern enum e13_1 **f13_13(enum e13_1 a0[4], unsigned char a1, enum e13_5 a2[]);
void f13_14(const char * a0, enum e13_5 a1[], enum e13_5, int unsigned long a3);
struct undefined1 * f13_15(long int a0) { return 0; }
unsigned short int f13_16(unsigned long long a0);
struct s13_17 { union { volatile int m13_19[32/8]; enum e13_1 m13_20; double m13_21; } m13_18; int m13_22; enum e13_1 m13_23[2][3]; };
struct s13_17 * v13_24;
typedef const char * (*t13_25)(enum e13_5 a0[], void * a1, struct s13_17 * a2[]);
t13_25 *f13_26(short a0[]);
typedef t13_25 t13_27;
struct s13_28 { char m13_29; double m13_30; signed char (*m13_31)(unsigned char (*cb0)(t13_27 a0, double (*)(double a0, int a1, unsigned short, int unsigned long a3[4])), void * (*cb1)(t13_25 a0, signed char)); enum e13_5 m13_32, *m13_33; t13_27 m13_34; };
struct s13_35 { enum e13_1 (*m13_36)(void (*cb0)(void)); struct s13_17 * m13_37[16]; const char * (*m13_38)(void); enum e13_1 m13_39[2][3]; };
extern t13_27 v13_40;
union u13_41 { unsigned int m13_42 : 4; };
enum e13_43 { E13_44, E13_45 = -1, E13_46 = 1 << 2, E13_47 = 3, E13_48 };
extern long f13_49(enum e13_43 a0, t13_27 a1, t13_25 a2[4], ...);
EXPORT_SYMBOL(v13_4);
EXPORT_SYMBOL(v13_10);
EXPORT_SYMBOL(v13_12);
EXPORT_SYMBOL(f13_13);
EXPORT_SYMBOL(f13_14);
EXPORT_SYMBOL(f13_15);
EXPORT_SYMBOL(f13_16);
EXPORT_SYMBOL(v13_24);
EXPORT_SYMBOL(f13_26);
EXPORT_SYMBOL(v13_40);
EXPORT_SYMBOL(f13_49);
END
