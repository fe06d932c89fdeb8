/** What training does to images: RandAugment, crops, erasing and mixing. */
@NullMarked
package io.deepincubation.core.data.augment;

import org.jspecify.annotations.NullMarked;
