/** The machine that a process runs on, and the memory that it uses. */
@NullMarked
package io.deepincubation.core.machine;

import org.jspecify.annotations.NullMarked;
