// Boost.URL is compiled here, once: Debian's headers suffice.
#include <boost/url/src.hpp>
