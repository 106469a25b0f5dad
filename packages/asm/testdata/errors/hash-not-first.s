x #define Y
