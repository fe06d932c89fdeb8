/** How a network is divided into modules: target, meta and hybrid as depth vectors. */
@NullMarked
package io.deepincubation.core.division;

import org.jspecify.annotations.NullMarked;
