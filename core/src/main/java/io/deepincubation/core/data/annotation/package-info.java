/** What is annotated on an image and how it is written: masks, outlines, boxes and objects. */
@NullMarked
package io.deepincubation.core.data.annotation;

import org.jspecify.annotations.NullMarked;
