/** How numbers and failures are told to people. */
@NullMarked
package io.deepincubation.core.text;

import org.jspecify.annotations.NullMarked;
