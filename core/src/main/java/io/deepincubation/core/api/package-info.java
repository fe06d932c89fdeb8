/** What programs may rely on: the marks of public types. */
@NullMarked
package io.deepincubation.core.api;

import org.jspecify.annotations.NullMarked;
