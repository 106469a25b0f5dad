#include foo
