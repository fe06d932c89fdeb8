/** Weights as safetensors files, alone or in a folder as Hugging Face's tools keep them. */
@NullMarked
package io.deepincubation.core.weights;

import org.jspecify.annotations.NullMarked;
