/** Small programs that use the library; all of them are run by a test. */
@NullMarked
package io.deepincubation.examples;

import org.jspecify.annotations.NullMarked;
