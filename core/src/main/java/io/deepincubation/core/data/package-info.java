/** Prepared training sets, their node-local cache, augmentation and mixing. */
@NullMarked
package io.deepincubation.core.data;

import org.jspecify.annotations.NullMarked;
