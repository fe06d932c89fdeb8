/** What predicted pixels and objects are worth: the measures of segmentation and detection. */
@NullMarked
package io.deepincubation.core.evaluation;

import org.jspecify.annotations.NullMarked;
