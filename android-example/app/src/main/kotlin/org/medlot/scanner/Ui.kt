package org.medlot.scanner

import android.content.Context
import android.content.res.ColorStateList
import android.graphics.Color
import android.graphics.drawable.GradientDrawable
import android.graphics.drawable.RippleDrawable
import android.text.InputType
import android.view.Gravity
import android.view.View
import android.view.ViewGroup
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.Button
import android.widget.CheckBox
import android.widget.EditText
import android.widget.ImageView
import android.widget.LinearLayout
import android.widget.TextView

// The few kinds of views that the screens are made of. Sizes and colours stand in res/values.

fun Context.size(dimension: Int): Int = resources.getDimensionPixelSize(dimension)

private fun Context.shape(fill: Int, edge: Int? = null) = GradientDrawable().apply {
    setColor(getColor(fill))
    cornerRadius = resources.getDimension(R.dimen.corner)
    edge?.let { setStroke(size(R.dimen.line), getColor(it)) }
}

private fun Context.pressable(fill: Int, edge: Int? = null) =
    RippleDrawable(ColorStateList.valueOf(getColor(R.color.pressed)), shape(fill, edge), null)

private fun Context.line(way: Int, build: LinearLayout.() -> Unit) = LinearLayout(this).apply {
    orientation = way
    layoutParams = LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT)
    build()
}

/** One below the other. */
fun Context.column(build: LinearLayout.() -> Unit = {}): LinearLayout = line(LinearLayout.VERTICAL, build)

/** One beside the other. */
fun Context.row(build: LinearLayout.() -> Unit): LinearLayout = line(LinearLayout.HORIZONTAL) {
    gravity = Gravity.CENTER_VERTICAL
    build()
}

/** Adds with space above. */
fun <V : View> ViewGroup.put(view: V, weight: Float = 0f): V {
    val wide = (this as? LinearLayout)?.orientation == LinearLayout.HORIZONTAL && weight > 0f
    val params = LinearLayout.LayoutParams(if (wide) 0 else view.layoutParams?.width ?: MATCH_PARENT, WRAP_CONTENT, weight)
    val gap = context.size(R.dimen.gap)
    if (wide) {
        if (childCount > 0) params.marginStart = gap
        params.height = MATCH_PARENT
    } else {
        params.topMargin = gap
    }
    addView(view, params)
    return view
}

fun ViewGroup.words(text: CharSequence, soft: Boolean = false, large: Boolean = false): TextView = put(
    TextView(context).apply {
        this.text = text
        setTextColor(context.getColor(if (soft) R.color.text_soft else R.color.text))
        setTextAppearanceSize(if (large) R.dimen.large else R.dimen.body)
        if (large) paint.isFakeBoldText = true
    }
)

fun TextView.setTextAppearanceSize(dimension: Int) =
    setTextSize(android.util.TypedValue.COMPLEX_UNIT_PX, resources.getDimension(dimension))

/** A heading, which screen readers jump to. */
fun ViewGroup.heading(text: CharSequence): TextView = words(text, large = true).apply {
    if (android.os.Build.VERSION.SDK_INT >= android.os.Build.VERSION_CODES.P) isAccessibilityHeading = true
}

/** A button; the one that is meant is filled. */
fun ViewGroup.button(text: CharSequence, main: Boolean = false, weight: Float = 0f, onClick: () -> Unit): Button = put(
    Button(context).apply {
        this.text = text
        isAllCaps = false
        stateListAnimator = null
        minHeight = context.size(R.dimen.touch)
        minimumHeight = minHeight
        val pad = context.size(R.dimen.pad)
        background = context.pressable(if (main) R.color.accent else R.color.surface, R.color.accent)
        setPadding(pad, pad / 2, pad, pad / 2)
        setTextColor(context.getColor(if (main) R.color.on_accent else R.color.text))
        setTextAppearanceSize(R.dimen.body)
        setOnClickListener { onClick() }
    },
    weight
)

/** Something in a list: what it is, what is said of it, and what a tap does. */
fun ViewGroup.card(onClick: (() -> Unit)? = null, build: LinearLayout.() -> Unit): LinearLayout = put(
    context.column {
        val pad = context.size(R.dimen.pad)
        setPadding(pad, pad / 2, pad, pad)
        minimumHeight = context.size(R.dimen.touch)
        if (onClick == null) {
            background = context.shape(R.color.surface)
        } else {
            background = context.pressable(R.color.surface, R.color.edge)
            setOnClickListener { onClick() }
        }
        build()
    }
)

/** A field with its name above; [changed] is told every change. */
fun ViewGroup.field(name: CharSequence, value: String, kind: Int = TEXT, changed: (String) -> Unit): EditText {
    val label = words(name, soft = true).apply { setTextAppearanceSize(R.dimen.small) }
    val field = EditText(context).apply {
        id = View.generateViewId()
        inputType = kind
        setText(value)
        setTextColor(context.getColor(R.color.text))
        setTextAppearanceSize(R.dimen.body)
        background = context.shape(R.color.surface, R.color.text_soft)
        val pad = context.size(R.dimen.pad)
        setPadding(pad, 0, pad, 0)
        isSingleLine = true
        // After the line above, which counts heights in lines.
        minHeight = context.size(R.dimen.touch)
        addTextChangedListener(Changes(changed))
    }
    label.labelFor = field.id
    addView(field)
    return field
}

const val TEXT = InputType.TYPE_CLASS_TEXT or InputType.TYPE_TEXT_FLAG_NO_SUGGESTIONS
const val CODE = TEXT or InputType.TYPE_TEXT_FLAG_CAP_CHARACTERS
const val NUMBER = InputType.TYPE_CLASS_NUMBER
const val ADDRESS = InputType.TYPE_CLASS_TEXT or InputType.TYPE_TEXT_VARIATION_URI

private class Changes(private val changed: (String) -> Unit) : android.text.TextWatcher {
    override fun beforeTextChanged(text: CharSequence?, start: Int, count: Int, after: Int) = Unit

    override fun onTextChanged(text: CharSequence?, start: Int, before: Int, count: Int) = Unit

    override fun afterTextChanged(text: android.text.Editable) = changed(text.toString().trim())
}

fun ViewGroup.tick(text: CharSequence, on: Boolean, changed: (Boolean) -> Unit): CheckBox = put(
    CheckBox(context).apply {
        this.text = text
        isChecked = on
        minHeight = context.size(R.dimen.touch)
        setTextColor(context.getColor(R.color.text))
        setTextAppearanceSize(R.dimen.body)
        buttonTintList = ColorStateList.valueOf(context.getColor(R.color.accent))
        setOnCheckedChangeListener { _, now -> changed(now) }
    }
)

/** One of several: a button that says which, and asks when tapped. */
fun ViewGroup.choice(name: CharSequence, options: List<CharSequence>, at: Int, chosen: (Int) -> Unit): Button {
    words(name, soft = true).setTextAppearanceSize(R.dimen.small)
    lateinit var shown: Button
    shown = button(options.getOrElse(at) { "" }) {
        android.app.AlertDialog.Builder(context)
            .setTitle(name)
            .setItems(options.toTypedArray()) { _, which ->
                shown.text = options[which]
                chosen(which)
            }
            .show()
    }
    shown.contentDescription = context.getString(R.string.choice_of, name, shown.text)
    return shown
}

/** How a pack stands: colour, sign and word, never the colour alone. */
fun ViewGroup.state(state: PackState, big: Boolean = true): LinearLayout = put(
    context.row {
        val fill = state.colour
        background = context.shape(fill)
        val pad = context.size(if (big) R.dimen.pad else R.dimen.gap)
        setPadding(pad, pad, pad, pad)
        val sign = ImageView(context).apply {
            setImageResource(state.sign)
            imageTintList = ColorStateList.valueOf(context.getColor(R.color.on_state))
            importantForAccessibility = View.IMPORTANT_FOR_ACCESSIBILITY_NO
        }
        val side = context.size(if (big) R.dimen.sign else R.dimen.sign_small)
        addView(sign, LinearLayout.LayoutParams(side, side))
        val word = TextView(context).apply {
            setText(state.word)
            setTextColor(context.getColor(R.color.on_state))
            setTextAppearanceSize(if (big) R.dimen.state else R.dimen.body)
            paint.isFakeBoldText = true
        }
        addView(word, LinearLayout.LayoutParams(0, WRAP_CONTENT, 1f).apply { marginStart = pad })
    }
)

/** What is told: good or bad, said by a sign too. */
fun TextView.tell(text: CharSequence?, bad: Boolean) {
    visibility = if (text.isNullOrEmpty()) View.GONE else View.VISIBLE
    if (text.isNullOrEmpty()) return
    this.text = text
    val pad = context.size(R.dimen.pad)
    setPadding(pad, pad / 2, pad, pad / 2)
    background = context.shape(if (bad) R.color.recalled else R.color.fine)
    setTextColor(context.getColor(R.color.on_state))
    val sign = context.getDrawable(if (bad) R.drawable.sign_recalled else R.drawable.sign_fine)
    val side = context.size(R.dimen.sign_small)
    sign?.setBounds(0, 0, side, side)
    sign?.setTint(Color.WHITE)
    setCompoundDrawablesRelative(sign, null, null, null)
    compoundDrawablePadding = context.size(R.dimen.gap)
}
