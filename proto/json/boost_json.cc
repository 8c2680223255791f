// Boost.JSON is used without its library: this is the one place that its code
// is compiled in.
#include <boost/json/src.hpp>
